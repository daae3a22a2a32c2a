"""Django's settings, made from the checked configuration."""

from pathlib import Path

from assay_web.configuration import read_configuration
from assay_web.secrets_file import own_secret

CONFIGURATION = read_configuration()
HERE = Path(__file__).parent

SECRET_KEY = own_secret(CONFIGURATION.home, "secret_key")
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = sorted({CONFIGURATION.host, "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.address]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "assay_web.accounts",
    "assay_web.audit",
    "assay_web.authoring",
    "assay_web.openings",
    "assay_web.session",
    "assay_web.scoring",
    "assay_web.review",
    "assay_web.judges",
    "assay_web.baselines",
    "assay_web.jobs",
]

MIDDLEWARE = [
    "assay_web.headers.security_headers",
    "assay_web.static_files.static_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "assay_web.urls"
ASGI_APPLICATION = "assay_web.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assay_web.accounts.context.team_and_permissions",
            ],
            "builtins": ["assay_web.templatetags.assay"],
            "libraries": {"assay": "assay_web.templatetags.assay"},
        },
    }
]

DATABASES = {"default": CONFIGURATION.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "openings:list"
ACCOUNT_ADAPTER = "assay_web.accounts.adapter.Registration"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none" if CONFIGURATION.demo else "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_GET = False
# The way to the provider begins with a link: no form may lead elsewhere (headers.POLICY).
SOCIALACCOUNT_LOGIN_ON_GET = True
MFA_TOTP_ISSUER = "Assay"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_ADAPTER = "assay_web.accounts.adapter.SingleSignOnAccounts"
# Whoever runs the site chose the provider, so its word that an address is verified opens the account of that
# address and connects the two; a second factor is asked for all the same.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": CONFIGURATION.single_sign_on.name,
                "client_id": CONFIGURATION.single_sign_on.client_id,
                "secret": CONFIGURATION.single_sign_on.secret,
                "settings": {"server_url": CONFIGURATION.single_sign_on.server},
            }
        ]
        if CONFIGURATION.single_sign_on
        else [],
    }
}

EMAIL_BACKEND = CONFIGURATION.email.backend
EMAIL_HOST = CONFIGURATION.email.host
EMAIL_PORT = CONFIGURATION.email.port
EMAIL_HOST_USER = CONFIGURATION.email.user
EMAIL_HOST_PASSWORD = CONFIGURATION.email.password
EMAIL_USE_TLS = CONFIGURATION.email.use_tls
EMAIL_USE_SSL = CONFIGURATION.email.use_ssl
EMAIL_FILE_PATH = CONFIGURATION.email.folder or None
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIGURATION.mail_from

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.secure else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [HERE / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
# Files are found where they are written, so a clone runs without a collecting step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
