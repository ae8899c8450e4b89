"""The newsroom's admin site.

In a file of its own because Django imports it while it sets the admin up, when ``admin.py``
modules can't be imported yet.
"""

from django.contrib.admin import AdminSite


class NewsroomAdminSite(AdminSite):
    """Django's admin under the newsroom's name."""

    site_header = "Newsroom desk"
    site_title = "Newsroom desk"
    index_title = "What's on the desk"
