"""Pages that are the same for every reader, cached until the site changes.

A view that is marked :func:`shared` in the URL configuration is cached by
``newsroom.page_cache.middleware``. While it makes a page, it may call :func:`record_published`
and :func:`expire_at`. Parts that many pages print are kept with :func:`cached_for_version`. An
app whose rows show on pages creates triggers for them (see its second migration), and calls
:func:`register_schedule_columns` for the columns by which they change without being written.
"""

from newsroom.page_cache.recording import QUERY_NUMBER, expire_at, record_published, shared
from newsroom.page_cache.site_version import (
    cached_for_version,
    register_schedule_columns,
    version_cache,
)

__all__ = [
    "QUERY_NUMBER",
    "cached_for_version",
    "expire_at",
    "record_published",
    "register_schedule_columns",
    "shared",
    "version_cache",
]
