#include "import/landed.hpp"

#include <tarmac/importer.hpp>

namespace tarmac {

Result<Landed> Importer::land(std::shared_ptr<const Dmabuf> dmabuf) {
    return import(std::move(dmabuf)).transform([](Texture&& texture) {
        const std::uint64_t bytes = texture.mapped_bytes();
        return Landed{std::move(texture).take_buffer(), bytes};
    });
}

} // namespace tarmac
