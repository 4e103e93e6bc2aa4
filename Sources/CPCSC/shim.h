#ifndef VALUESTORE_CPCSC_SHIM_H
#define VALUESTORE_CPCSC_SHIM_H

#include <winscard.h>
#include <wintypes.h>
#include <reader.h>

// The protocol structures are macros over extern variables, which Swift cannot import.
static inline const SCARD_IO_REQUEST *vs_pci_t0(void) { return SCARD_PCI_T0; }
static inline const SCARD_IO_REQUEST *vs_pci_t1(void) { return SCARD_PCI_T1; }
static inline const SCARD_IO_REQUEST *vs_pci_raw(void) { return SCARD_PCI_RAW; }

#endif
