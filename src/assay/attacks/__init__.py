"""The attack suite: what a candidate may write to get a better level without doing better work.

1. `attack` reads the attacks, one YAML file a family in `families/`; each brings a harmless twin.
2. `writing` turns their text into base64, hidden characters, look-alike letters and the like.
3. `placing` puts a text into a session: around or inside a message, as one, or into the deliverable.
4. `suite` chooses the sessions and places, and rates each session as it was, attacked, and with the twin.
5. `report` adds up how far levels moved, and says which bounds are broken.
6. `probes` rates sessions rewritten in ways that should not matter: a name, a spelling, a length, a layout.
7. `raters` tells what a judge's setting on the command line stands for.
8. `reference` writes docs/reference/attacks.md with the offline judge's figures, and `offline` keeps them.
"""
