"""The candidate's way through an exercise: invitation, brief, work, afterwards."""
