"""Ways in, oneself, and what the site says when something is wrong."""

from playwright.sync_api import Page
from tests.pictures.picture import Picture, fill, press, then, under
from tests.pictures.scene import PASSWORD

NOBODY = ""
AGO = "owner some time ago"


def _signs_in_as_kofi(page: Page) -> None:
    fill(login="kofi.mensah@larkmoor.example", password=PASSWORD)(page)
    press("Sign in")(page)


COMING_IN = (
    Picture("sign-in", "account_login", "Sign in", who=NOBODY),
    Picture(
        "sign-in-wrong",
        "account_login",
        "With a wrong password",
        who=NOBODY,
        steps=then(fill(login="robin@larkmoor.example", password="guessed"), press("Sign in")),
    ),
    Picture("sign-in-sso", "account_login", "With single sign-on and registration", who=NOBODY, site="open"),
    Picture(
        "sign-in-second-factor",
        "account_login",
        "The second factor is asked for",
        who=NOBODY,
        steps=_signs_in_as_kofi,
        also=("mfa_authenticate",),
    ),
    Picture(
        "sign-in-link", "accounts:sign_in_link", "A link that signs in once", {"token": "sign_in"}, who=NOBODY
    ),
    Picture(
        "sign-in-link-gone",
        "accounts:sign_in_link",
        "One that works no more",
        {"token": "=gone"},
        who=NOBODY,
        steps=press("Sign in"),
    ),
    Picture("sign-up", "account_signup", "Make an account, where anybody may", who=NOBODY, site="open"),
    Picture("sign-up-closed", "account_signup", "Where nobody may", who=NOBODY),
    Picture("sign-out", "account_logout", "Sign out"),
    Picture("join", "accounts:join", "Invited into a team", {"token": "join"}, who=NOBODY),
    Picture("join-known", "accounts:join", "With an account already", {"token": "join.own"}, who=NOBODY),
    Picture(
        "join-signed-in", "accounts:join", "Signed in already", {"token": "join.own"}, who="without a team"
    ),
    Picture(
        "join-gone", "accounts:join", "No invitation any more", {"token": "=gone"}, who=NOBODY, status=410
    ),
    Picture("password-reset", "account_reset_password", "A forgotten password", who=NOBODY),
    Picture("password-reset-sent", "account_reset_password_done", "The letter is on its way", who=NOBODY),
    Picture(
        "password-reset-key-gone",
        "account_reset_password_from_key",
        "A link of that letter that does not work",
        {"uidb36": "=1", "key": "=gone"},
        who=NOBODY,
    ),
    Picture(
        "password-reset-done", "account_reset_password_from_key_done", "A new password is set", who=NOBODY
    ),
    Picture("email-sent", "account_email_verification_sent", "An address is to be confirmed", who=NOBODY),
    Picture("email-confirm-gone", "account_confirm_email", "Such a link, gone", {"key": "=gone"}, who=NOBODY),
    Picture("inactive", "account_inactive", "An account that is switched off", who=NOBODY),
    Picture("sso-cancelled", "socialaccount_login_cancelled", "Single sign-on was left", who=NOBODY),
    Picture("sso-failed", "socialaccount_login_error", "Single sign-on failed", who=NOBODY, status=401),
)

ONESELF = (
    Picture("account", "accounts:profile", "Oneself"),
    Picture("account-no-team", "accounts:profile", "In no team", who="without a team"),
    Picture(
        "account-found-team",
        "accounts:profile",
        "In no team, where one may be founded",
        who="without a team",
        site="open",
    ),
    Picture("password-change", "account_change_password", "Change the password"),
    Picture(
        "password-change-wrong",
        "account_change_password",
        "With mistakes",
        steps=then(
            fill(oldpassword="guessed", password1="short", password2="other"),
            lambda page: page.locator("main form button").first.click(),
        ),
    ),
    Picture("password-set", "account_set_password", "Set a first password", who="without a password"),
    Picture("email", "account_email", "Change the address"),
    Picture("confirm-it-is-you", "account_reauthenticate", "Once more the password", who=AGO),
    Picture(
        "confirm-it-is-you-code",
        "mfa_reauthenticate",
        "Once more the code",
        who="with a second factor, some time ago",
    ),
    Picture("second-factor-off", "mfa_index", "The second factor, off"),
    Picture("second-factor-on", "mfa_index", "The second factor, on", who="with a second factor"),
    Picture("second-factor-set-up", "mfa_activate_totp", "Set up the second factor"),
    Picture("second-factor-end", "mfa_deactivate_totp", "Switch it off", who="with a second factor"),
    Picture("recovery-codes", "mfa_view_recovery_codes", "Recovery codes", who="with a second factor"),
    Picture("recovery-codes-new", "mfa_generate_recovery_codes", "New ones", who="with a second factor"),
    Picture("sso-connections", "socialaccount_connections", "Single sign-on of an account", site="open"),
)

WRONG = (
    Picture("error-403", "accounts:team", "A role that does not allow it", who="viewer", status=403),
    Picture("error-404", "openings:opening", "Nothing there", under("=nothing"), status=404),
    Picture(
        "error-404-candidate",
        "session:place",
        "A browser without access",
        under("ines.invitation"),
        who=NOBODY,
        status=404,
    ),
    Picture("error-500", "fault", "A fault of the site", status=500),
    Picture(
        "error-form-gone",
        "account_login",
        "A form that was open for too long",
        who=NOBODY,
        steps=then(
            fill(login="robin@larkmoor.example", password="guessed"),
            lambda page: page.context.clear_cookies(),
            press("Sign in"),
        ),
    ),
)
