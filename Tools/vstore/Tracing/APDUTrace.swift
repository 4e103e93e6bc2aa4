import ArgumentParser
import CardTrace

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct APDUTrace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show what another PC/SC program sends to cards, live and decoded.",
        discussion: """
            The program runs with pcsc-lite's spy library between it and the service; what it sends and gets is shown \
            on standard error, and written to --trace-file:

              vstore apdu trace opensc-tool -- --reader 0 -s 00CA010000
              vstore apdu trace --trace-file scan.pcapng pcsc_scan

            The program ends with its own exit status. Without a program, the settings that one needs are shown, and \
            vstore listens until Ctrl-C. PINs and keys are masked, unless --show-secrets is given. The spy library writes to the FIFO \
            pcsc-spy in $HOME, for which there can be one listener at a time.
            """)

    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("The program and its arguments.", valueName: "program"))
    var program: [String] = []

    @OptionGroup var secrets: SecretOptions
    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        guard let tracer = try common.tracer(always: true, secrets: secrets.policy) else { return }
        // Before the program, or right after it, -- only marks the end of our own options.
        var words = program
        for offset in [0, 1] where words.indices.contains(offset) && words[offset] == "--" {
            words.remove(at: offset)
            break
        }
        // What a program would be called by: nothing is, and the parser passes on all that it does not know.
        if let option = program.first, option.hasPrefix("-"), option != "--" {
            if option == "--help" || option == "-h" { throw CleanExit.helpRequest(Self.self) }
            throw ValidationError(
                "\(option) is not an option of vstore apdu trace. Its own come before the program: "
                    + "vstore apdu trace --trace-file scan.pcapng pcsc_scan.")
        }
        let spy = try PCSCSpy(environment: ProcessInfo.processInfo.environment)
        defer { spy.remove() }
        let console = common.console
        guard let name = words.first else {
            console.notice(
                "Start programs with \(spy.environment.map { "\($0.key)=\($0.value)" }.joined(separator: " "))")
            await Interruption.during {
                await spy.listen(sender: nil, secrets: tracer.secrets, tracer.spySink())
            } whenInterrupted: {
                spy.end()
            }
            return
        }
        let (processes, process) = AsyncStream<Int32>.makeStream()
        let status = try await Interruption.during { [words] in
            async let heard: Void = {
                for await number in processes {
                    let program = name.split(separator: "/").last.map(String.init) ?? name
                    await spy.listen(
                        sender: TraceSender(program, process: number), secrets: tracer.secrets, tracer.spySink())
                }
            }()
            let status: Result<Int32, any Error>
            do {
                status = .success(
                    try await SpawnedProgram.run(words, environment: spy.environment) { process.yield($0) })
            } catch {
                status = .failure(error)
            }
            process.finish()
            spy.end()
            await heard
            return status
        } whenInterrupted: {
            // The terminal interrupts the program itself.
        }.get()
        if status == 128 + SpawnedProgram.segmentationFault {
            console.notice(
                "\(name) crashed. If it does not crash without the trace, the spy library is at fault, as "
                    + "that of pcsc-lite 1.9.9 with pyscard: trace it with pcscd --apdu and vstore apdu decode.")
        }
        if status != 0 { throw ExitCode(status) }
    }
}

extension Tracer {
    /// Shows the records of other programs.
    fileprivate func spySink() -> sending (Result<TraceRecord, TraceFileError>) -> Void {
        let show = recordSink()
        return { record in
            switch record {
            case .success(let record): show(record)
            case .failure(let error): Console.complain(explained(error))
            }
        }
    }
}
