"""Job pages (岗位页面): every public posting as a plain page for people and search engines."""
