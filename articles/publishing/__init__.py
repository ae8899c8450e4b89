"""From a working copy to editions: freezing, publishing, revisions and warnings."""
