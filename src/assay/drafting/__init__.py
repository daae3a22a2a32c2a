"""Making a first version of an exercise: drafted by a model part by part, or begun from one that ships.

Parts are an exercise's fields as plain JSON, complete or not; what is made of them is a file that a person
can read, edit and lint like one written by hand.
"""
