#include <tarmac/inspection.hpp>
#include <tarmac/tarmac.h>

#include "c/catching.hpp"
#include "c/linux_dmabuf.hpp"

struct tarmac_inspection {
    tarmac::Inspection inspection;
};

extern "C" {

tarmac_inspection* tarmac_inspection_create(tarmac_linux_dmabuf* dmabuf, wl_event_loop* loop,
                                            const char* path, tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        return tarmac::Inspection::create(dmabuf->global, loop, path)
            .transform([](tarmac::Inspection&& inspection) {
                return std::unique_ptr<tarmac_inspection>{
                    new tarmac_inspection{std::move(inspection)}};
            });
    });
}

void tarmac_inspection_destroy(tarmac_inspection* inspection) {
    delete inspection;
}

} // extern "C"
