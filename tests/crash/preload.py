"""What the processes of crash tests have imported before they are forked: all that reads no settings."""

import aiohttp  # noqa: F401
import cryptography.hazmat.primitives.serialization  # noqa: F401
import dbos  # noqa: F401
import django.core.management
import django.db.backends.postgresql.base
import django.db.backends.sqlite3.base
import django.db.models
import django.test  # noqa: F401
import fido2.server  # noqa: F401
import httptools  # noqa: F401
import markdown_it  # noqa: F401
import nh3  # noqa: F401
import uvicorn.lifespan.off
import uvicorn.protocols.http.httptools_impl  # noqa: F401
import uvloop  # noqa: F401

import assay.models.gateway
import assay.record
import assay.scoring.pipeline
import assay.session.engine  # noqa: F401
