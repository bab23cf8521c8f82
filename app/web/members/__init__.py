"""The coordinator's list of firms: read, import, change, export; personal invitations; files made in the background."""
