#pragma once

#include <tarmac/texture_builder.hpp>

#include "inspect/report.hpp"
#include "inspect/sample.hpp"

namespace tarmac::inspect {

/// The builder of a picture with that content, in memory of `maker`. Error: a sentence.
Result<TextureBuilder> make_picture(const Maker& maker, const Sample& sample,
                                    FormatModifier format);

} // namespace tarmac::inspect
