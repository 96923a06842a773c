#pragma once

#include "import/conversion.hpp"

namespace tarmac {

using YuvPicture = Picture;

} // namespace tarmac
