import ArgumentParser
import CardIO

/// Which slot of the virtual reader.
struct VirtualSlotOptions: ParsableArguments {
    @Option(name: .long, help: "The port that the virtual reader's slot listens on.", transform: WholeNumber.port)
    var port: UInt16?

    @Option(name: .long, help: "The slot, 0 by default: short for port 35963 + slot.")
    var slot: UInt16?

    func validate() throws {
        if port != nil, slot != nil { throw ValidationError("Give --port or --slot, not both: a slot has one port.") }
        if let slot, slot >= 16 { throw ValidationError("\(slot) is not a slot. pcscd supports 16, 0 to 15.") }
    }

    /// The slot's port.
    var portNumber: UInt16 { port ?? VirtualReaderCard.firstPort + (slot ?? 0) }
}
