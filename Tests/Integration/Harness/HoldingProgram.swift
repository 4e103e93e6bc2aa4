import TestPrograms

/// Another program with exclusive access to a card: a separate process, which uses libpcsclite and none of our code.
final class HoldingProgram: Sendable {
    private let program: RunningProgram
    /// Its process.
    var process: Int32 { program.process }

    /// Connects exclusively to the card in `reader`, and returns once connected. Blocks the thread briefly.
    init(_ reader: String, environment: [String: String]) throws {
        program = try RunningProgram(
            Program("python3", ["-c", Self.source, reader], environment: .inherited(environment)))
        try program.wait(for: "held\n")
    }

    /// Ends it, and returns once it has exited.
    func end() throws {
        try program.closeInput()
        program.waitForEnd()
    }

    private static let source = """
        import ctypes, sys
        pcsc = ctypes.CDLL("libpcsclite.so.1")
        context, card, active = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
        if pcsc.SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(context)):
            sys.exit("no context")
        if pcsc.SCardConnect(context, sys.argv[1].encode(), ctypes.c_ulong(1), ctypes.c_ulong(3), ctypes.byref(card),
                             ctypes.byref(active)):
            sys.exit("no card")
        print("held", flush=True)
        sys.stdin.read()
        pcsc.SCardDisconnect(card, ctypes.c_ulong(0))
        pcsc.SCardReleaseContext(context)
        """
}
