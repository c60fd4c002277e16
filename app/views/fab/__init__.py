"""Flask-AppBuilder made safe for Kezek: row scope everywhere, bounded lists, one unit of work per write.

Everything a view needs is re-exported by `app.views.base`.
"""
