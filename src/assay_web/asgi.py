"""The site as an ASGI application."""

import os
import warnings

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay_web.settings")
# Style sheets and scripts are small files: reading one whole before it is sent is what is wanted.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django.setup(set_prefix=False)

from assay_web.session.direct import SiteHandler  # noqa: E402  (needs Django set up)

application = SiteHandler()
