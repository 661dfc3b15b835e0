from recode_data.surface.read import read_surfaces, surface_key
from recode_data.surface.served import with_served_names
from recode_data.surface.static import static_surface
from recode_data.surface.touch import Access, Touch, touch_changes

__all__ = [
    "Access",
    "Touch",
    "read_surfaces",
    "static_surface",
    "surface_key",
    "touch_changes",
    "with_served_names",
]
