#pragma once

#include "inspect/picture.hpp"

namespace tarmac::inspect {

/// As make_picture(), of a GPU's driver, which lays it out as `format` says and puts the content
/// there by itself: nobody else can.
Result<TextureBuilder> make_gbm_picture(const Maker& maker, const Sample& sample,
                                        FormatModifier format);

} // namespace tarmac::inspect
