#include <cassert>
#include <tarmac/texture_builder.hpp>

namespace tarmac {

TextureBuilder& TextureBuilder::set_size(std::uint32_t width, std::uint32_t height) & {
    width_ = width;
    height_ = height;
    return *this;
}

TextureBuilder& TextureBuilder::set_format(std::uint32_t fourcc, std::uint64_t modifier) & {
    fourcc_ = fourcc;
    modifier_ = modifier;
    return *this;
}

TextureBuilder& TextureBuilder::set_n_planes(unsigned n_planes) & {
    n_planes_ = n_planes;
    return *this;
}

TextureBuilder& TextureBuilder::set_plane(unsigned plane, Fd fd, std::uint32_t offset,
                                          std::uint32_t stride) & {
    assert(plane < MaxPlanes);
    planes_[plane] = Plane{std::move(fd), offset, stride};
    return *this;
}

TextureBuilder&& TextureBuilder::set_size(std::uint32_t width, std::uint32_t height) && {
    return std::move(set_size(width, height));
}

TextureBuilder&& TextureBuilder::set_format(std::uint32_t fourcc, std::uint64_t modifier) && {
    return std::move(set_format(fourcc, modifier));
}

TextureBuilder&& TextureBuilder::set_n_planes(unsigned n_planes) && {
    return std::move(set_n_planes(n_planes));
}

TextureBuilder&& TextureBuilder::set_plane(unsigned plane, Fd fd, std::uint32_t offset,
                                           std::uint32_t stride) && {
    return std::move(set_plane(plane, std::move(fd), offset, stride));
}

Result<DmabufDescription> TextureBuilder::describe_without_planes() const {
    if (!fourcc_ || !modifier_)
        return fail(Fault::InvalidFormat, "no fourcc and modifier were set");
    return DmabufDescription{
        .width = width_,
        .height = height_,
        .fourcc = *fourcc_,
        .modifier = *modifier_,
        .n_planes = n_planes_,
        .planes = {},
    };
}

Result<Dmabuf> TextureBuilder::build_dmabuf() const& {
    TextureBuilder copy;
    copy.width_ = width_;
    copy.height_ = height_;
    copy.fourcc_ = fourcc_;
    copy.modifier_ = modifier_;
    copy.n_planes_ = n_planes_;
    for (unsigned i = 0; i < MaxPlanes; ++i) {
        if (!planes_[i].fd)
            continue;
        auto fd = planes_[i].fd.duplicate();
        if (!fd)
            return std::unexpected(fd.error());
        copy.set_plane(i, std::move(*fd), planes_[i].offset, planes_[i].stride);
    }
    return std::move(copy).build_dmabuf();
}

Result<Dmabuf> TextureBuilder::build_dmabuf() && {
    return describe_without_planes().and_then([this](DmabufDescription&& description) {
        description.planes = std::move(planes_);
        return Dmabuf::create(std::move(description));
    });
}

Result<Texture> TextureBuilder::build(Importer& importer) const& {
    return build_dmabuf().and_then([&importer](Dmabuf&& dmabuf) {
        return importer.import(std::make_shared<const Dmabuf>(std::move(dmabuf)));
    });
}

Result<Texture> TextureBuilder::build(Importer& importer) && {
    return std::move(*this).build_dmabuf().and_then([&importer](Dmabuf&& dmabuf) {
        return importer.import(std::make_shared<const Dmabuf>(std::move(dmabuf)));
    });
}

} // namespace tarmac
