#ifndef VALUESTORE_CPCSC_SHIM_H
#define VALUESTORE_CPCSC_SHIM_H

#if defined(__APPLE__)
#include <PCSC/winscard.h>
#include <PCSC/wintypes.h>
#else
#include <winscard.h>
#include <wintypes.h>
#include <reader.h>
#endif

// The protocol structures are macros over extern variables, which Swift cannot import.
static inline const SCARD_IO_REQUEST *vs_pci_t0(void) { return SCARD_PCI_T0; }
static inline const SCARD_IO_REQUEST *vs_pci_t1(void) { return SCARD_PCI_T1; }
static inline const SCARD_IO_REQUEST *vs_pci_raw(void) { return SCARD_PCI_RAW; }

// The control code of a vendor's function: the same on macOS and pcsc-lite, different on Windows.
static inline unsigned int vs_control_code(unsigned int function) { return 0x42000000u + function; }

#endif
