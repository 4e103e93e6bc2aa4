public import ISO7816

extension CardError.Code {
    /// The service has no reader, though one is connected by USB that no driver serves.
    public static var noDriver: Self {
        Self(
            "the reader is connected, but the PC/SC service has no driver for it",
            remedy:
                "Install the driver for readers of the class CCID (package libccid), or its maker's where that does "
                + "not know it, and restart the service.")
    }
    /// The service has no reader, since another program has taken it for itself.
    public static var readerTaken: Self {
        Self(
            "the reader is connected, but a program has taken it past the PC/SC service",
            remedy: "End that program and restart the service; GnuPG's scdaemon leaves readers to PC/SC with "
                + "disable-ccid in scdaemon.conf.")
    }
}

extension USBCardReader {
    /// Why the service has none of these readers; nil where there are none.
    ///
    /// - Parameter readers: those connected, while the service knows of no reader at all.
    /// - Returns: `.noDriver`, or `.readerTaken` where each is taken by a program; its subject names the readers.
    public static func reason(for readers: [USBCardReader]) -> CardError? {
        let free = readers.filter { !$0.isTaken }
        let concerned = free.isEmpty ? readers : free
        guard !concerned.isEmpty else { return nil }
        return CardError(
            free.isEmpty ? .readerTaken : .noDriver, subject: concerned.map(\.description).joined(separator: ", "))
    }
}
