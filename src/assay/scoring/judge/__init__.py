"""LLM judges: any model that the gateway reaches, as a rater.

    settings ──► questions ──► requests ──► ask ──► read ──► proposals
    (a string)   (one session) (messages)   (gateway) (verdicts)

All but `ask` is pure: what a judge is asked is made from case and settings alone, and can be made again.
"""
