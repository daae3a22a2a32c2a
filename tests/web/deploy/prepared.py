"""Makes the cast in an installation: `python -m tests.web.deploy.prepared`.

It prints, as one line of JSON, a link for Noor, and what lets a browser into Mara's session, which runs.
"""

import json

import django


def main() -> None:
    """Migrate, make the cast, and start Mara's session."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.people import make_cast

    from assay_web.session.access import cookie_name
    from assay_web.session.links import exchange, new_link
    from assay_web.session.start import start_session

    cast = make_cast()
    start_session(cast.mara)
    _, key = exchange(new_link(cast.mara))
    mara = cast.mara.public_id
    print(json.dumps({"noor": new_link(cast.noor), "mara": mara, "cookie": f"{cookie_name(mara)}={key}"}))


if __name__ == "__main__":
    main()
