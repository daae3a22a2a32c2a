"""Addresses of a stage's exercise."""

from django.urls import URLPattern, path

from assay_web.authoring import drafting_views, part_views, views

app_name = "authoring"
_HERE = "stages/<slug:public_id>/exercise/"
urlpatterns: list[URLPattern] = [
    path(_HERE, views.draft_page, name="draft"),
    path(f"{_HERE}begin", views.begin_page, name="begin"),
    path(f"{_HERE}begin/shipped", views.begin, name="begin_shipped"),
    path(f"{_HERE}begin/import", views.import_files, name="import"),
    path(f"{_HERE}draft", drafting_views.draft_with_model, name="draft_with_model"),
    path(f"{_HERE}parts/<slug:part>", part_views.save, name="save"),
    path(f"{_HERE}materials", part_views.save_materials, name="save_materials"),
    path(f"{_HERE}criteria", part_views.add_criterion, name="add_criterion"),
    path(f"{_HERE}criteria/<slug:name>", part_views.save_criterion, name="save_criterion"),
    path(f"{_HERE}rules/remove", part_views.remove_rule, name="remove_rule"),
    path(f"{_HERE}ledger/remove", part_views.remove_ledger, name="remove_ledger"),
    path(f"{_HERE}export", views.export, name="export"),
    path(f"{_HERE}preview", views.preview, name="preview"),
    path(f"{_HERE}try", views.try_it, name="try"),
    path(f"{_HERE}activate", views.activate, name="activate"),
    path(f"{_HERE}versions", views.versions, name="versions"),
    path(f"{_HERE}versions/restore", views.restore, name="restore"),
]
