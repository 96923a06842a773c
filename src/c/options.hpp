#pragma once

#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/tarmac.h>

namespace tarmac::c {

/// All but the importer and the device. Errors: those of as_known_here().
Result<LinuxDmabuf::Options> options_of(const tarmac_options& options);

} // namespace tarmac::c
