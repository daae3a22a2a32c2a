"""Addresses of the candidate's way, and of a colleague's own try of an exercise."""

from typing import Any

from django.urls import URLPattern, path

from assay_web.session import api, views, warm_up

app_name = "session"

CALLS = {
    "state": api.stand,
    "claim": api.claim,
    "release": api.release,
    "messages": api.send,
    "reply": api.reply,
    "stop": api.stop,
    "deliverable": api.save,
    "flags": api.flag,
    "signals": api.signal,
    "submit": api.submit,
    "retake": api.retake,
}
"""What the page of somebody at work calls, by the last part of its address; see `session.direct` too."""


def _calls(prefix: str, name: str, **kwargs: Any) -> list[URLPattern]:
    return [path(f"{prefix}{call}", view, {**kwargs}, name=f"{name}_{call}") for call, view in CALLS.items()]


urlpatterns: list[URLPattern] = [
    path("i/<str:token>", views.landing, name="landing"),
    path("i/<str:token>/again", views.ask_for_link, name="ask_for_link"),
    path("c/<slug:public_id>/", views.place, name="place"),
    path("c/<slug:public_id>/request", views.ask_for_accommodation, name="request"),
    path("c/<slug:public_id>/warm-up", warm_up.say, name="warm_up"),
    path("c/<slug:public_id>/start", views.start, name="start"),
    path("c/<slug:public_id>/feedback", views.feedback, name="feedback"),
    path("c/<slug:public_id>/contest", views.contest_criterion, name="contest"),
    path("c/<slug:public_id>/other-device", views.link_for_other_device, name="other_device"),
    *_calls("c/<slug:public_id>/", "candidate"),
    path("try/<slug:public_id>/", views.try_page, name="try"),
    *_calls("try/<slug:public_id>/", "try", trying=True),
]
