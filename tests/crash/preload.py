"""What the processes of crash tests have imported before they are forked: all that reads no settings."""

import dbos  # noqa: F401
import django.core.management
import django.db.backends.postgresql.base
import django.db.backends.sqlite3.base
import django.db.models
import django.test  # noqa: F401

import assay.record
import assay.scoring.pipeline
import assay.session.engine  # noqa: F401
