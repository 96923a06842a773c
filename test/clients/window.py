"""A GTK window that is all of one colour."""

import gi

gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def show(app):
    style = Gtk.CssProvider()
    style.load_from_string("window { background: rgb(51, 102, 204); }")
    Gtk.StyleContext.add_provider_for_display(
        Gdk.Display.get_default(), style, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION
    )
    window = Gtk.ApplicationWindow(application=app)
    window.fullscreen()
    window.present()


app = Gtk.Application()
app.connect("activate", show)
app.run()
