import Foundation

/// Another program that has a card to itself: a process of its own, with libpcsclite and nothing of ours.
final class HoldingProgram: Sendable {
    /// Its process.
    let process: Int32
    private let keeper: Pipe

    /// Connects exclusively to the card in `reader`, and returns once that is done. Blocks the thread for a moment.
    init(_ reader: String, environment: [String: String]) throws {
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments = ["python3", "-c", Self.source, reader]
        program.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        keeper = Pipe()
        let told = Pipe()
        program.standardInput = keeper
        program.standardOutput = told
        try program.run()
        process = program.processIdentifier
        let answer = try told.fileHandleForReading.read(upToCount: 5) ?? Data()
        guard answer == Data("held\n".utf8) else { throw CocoaError(.featureUnsupported) }
    }

    /// Ends it, and returns once it is gone.
    func end() throws {
        try keeper.fileHandleForWriting.close()
        // It is a child of this process, which Foundation waits for.
        while kill(process, 0) == 0 { usleep(1_000) }
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
