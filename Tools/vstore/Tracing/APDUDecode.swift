import ArgumentParser
import CardTrace
import DurableFiles
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct APDUDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Explain the APDUs in a file: hex, traces, captures, other programs' logs.",
        discussion: """
            The form is recognised by the content, or named by --format: hex (one APDU per line), json (a trace of \
            this program), pcapng (ISO 7816 or GSMTAP), opensc (OPENSC_DEBUG, opensc-tool -v), pcscd (pcscd --apdu), \
            pyscard (and scriptor), apdu4j (and GlobalPlatformPro), spy (pcsc-lite's spy library).

              vstore apdu decode gp.log
              echo 00A4040007F05653544F524500 | vstore apdu decode -
              vstore apdu decode pcscd.log --to pcapng --output pcscd.pcapng

            PINs and keys in a log are masked, whatever program wrote it, unless --show-secrets is given. A line that cannot be read is skipped, and \
            reported on standard error. Hexadecimal without > and < is paired by its form, and lines that are not \
            certain are reported. The exit status is 1 where nothing is found.
            """)

    @Option(
        name: .long, help: ArgumentHelp("The form of the files.", valueName: "form"),
        completion: .list(TraceSource.allCases.map(\.rawValue)), transform: TraceInput.source)
    var format: TraceSource?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What to write: text, json, pcapng or gsmtap.",
            discussion: "Else by the name of --output, as a trace file's; text without one.", valueName: "form"),
        completion: .list(TraceFormat.allCases.map(\.rawValue)), transform: TraceFormat.argument)
    var to: TraceFormat?

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("Write to a file instead of standard output, - being that.", valueName: "file"),
        completion: .file())
    var output: String?

    @Argument(help: ArgumentHelp("The files, - for standard input.", valueName: "file"), completion: .file())
    var files: [String] = ["-"]

    @OptionGroup var secrets: SecretOptions
    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let output = output == "-" ? nil : output
        let form = to ?? output.map { TraceFormat(path: $0) } ?? (common.json ? .json : .text)
        let words = try common.words()
        common.console.warn(of: secrets.policy)
        if let output { return try write(form, words, to: output) }
        guard form == .text || form == .json || isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("--to \(form.rawValue) writes bytes, not for a terminal. Add --output FILE.")
        }
        var writer = TraceWriter(
            form, words, style: Paint.shows(on: STDOUT_FILENO) ? .coloured : .plain, secrets: secrets.policy)
        var waiting = writer.start()
        // To a pipe or file in large pieces; to a terminal at once.
        let piece = isatty(STDOUT_FILENO) == 1 ? 0 : 1 << 18
        defer { Console.write(bytes: waiting, to: STDOUT_FILENO) }
        try each { path in
            let remarks = try TraceInput.read(path, format, secrets: secrets.policy) { record in
                writer.write(record, to: &waiting)
                if waiting.count > piece {
                    Console.write(bytes: waiting, to: STDOUT_FILENO)
                    waiting.removeAll(keepingCapacity: true)
                }
            }
            if form == .json { for note in remarks.documents { waiting += Array("\(note)\n".utf8) } }
            if !common.json { remarks.complain() }
        }
    }

    /// Reads each file; one in which nothing is found does not keep the others from being read.
    private func each(_ body: (String) throws -> Void) throws {
        var failures: [Failure] = []
        for path in files {
            do {
                try body(path)
            } catch let failure as Failure where failure.status == .refused {
                failures.append(failure)
            }
        }
        for failure in failures.dropLast() { common.console.report(failure) }
        if let last = failures.last { throw last }
    }

    /// Writes a file, which keeps its content unless all input can be read.
    private func write(_ form: TraceFormat, _ words: APDUDictionary, to output: String) throws {
        let path = try FilePath(file: output)
        if try FileKind.ofTarget(path) == .regular, let identity = try FileIdentity(of: path),
            try files.contains(where: { try TraceInput.identity(of: $0) == identity })
        {
            throw Failure(.usage, "\(output): is read from and would be replaced. Write to another file.")
        }
        do {
            let file = try ReplacementFile(at: path)
            var writer = TraceWriter(form, words, secrets: secrets.policy)
            try file.write(writer.start())
            try each { path in
                let remarks = try TraceInput.read(path, format, secrets: secrets.policy) {
                    try file.write(writer.write($0))
                }
                if common.json {
                    for note in remarks.documents { Console.printLine("\(note)") }
                } else {
                    remarks.complain()
                }
            }
            try file.finish()
        } catch let error as FileError {
            // Those of the input are failures already.
            throw Failure(writing: error, output, option: "--output")
        }
    }
}
