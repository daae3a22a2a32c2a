"""Addresses of openings, stages and invitations."""

from django.urls import URLPattern, path

from assay_web.openings import invitation_views, views

app_name = "openings"
urlpatterns: list[URLPattern] = [
    path("", views.opening_list, name="list"),
    path("openings/new", views.new, name="new"),
    path("openings/<slug:public_id>/", views.opening_page, name="opening"),
    path("openings/<slug:public_id>/edit", views.edit, name="edit"),
    path("openings/<slug:public_id>/close", views.close, name="close"),
    path("openings/<slug:public_id>/reopen", views.reopen, name="reopen"),
    path("openings/<slug:public_id>/stages", views.add_stage, name="add_stage"),
    path("stages/<slug:public_id>/", views.stage_page, name="stage"),
    path("stages/<slug:public_id>/settings", views.stage_settings, name="stage_settings"),
    path("stages/<slug:public_id>/move", views.move_stage, name="move_stage"),
    path("stages/<slug:public_id>/remove", views.remove_stage, name="remove_stage"),
    path("stages/<slug:public_id>/invite", invitation_views.invite, name="invite"),
    path("invitations/<slug:public_id>/", invitation_views.invitation_page, name="invitation"),
    path("invitations/<slug:public_id>/link", invitation_views.send_again, name="send_again"),
    path("invitations/<slug:public_id>/revoke", invitation_views.revoke, name="revoke"),
    path("invitations/<slug:public_id>/extra-time", invitation_views.set_extra_time, name="set_extra_time"),
    path("invitations/<slug:public_id>/answer", invitation_views.answer, name="answer"),
    path("invitations/<slug:public_id>/time-back", invitation_views.give_time_back, name="give_time_back"),
]
