import ArgumentParser
import CardTrace
import DurableFiles
import SystemPackage

/// Files with traces that a user names, `-` being standard input.
enum TraceInput {
    /// Reads a trace piece by piece.
    ///
    /// - Parameter secrets: whether PINs and keys are masked.
    /// - Returns: what was skipped.
    /// - Throws: `Failure` where it cannot be read or nothing is found in it, `TraceFileError` where it is damaged.
    static func read(
        _ path: String, _ source: TraceSource?, secrets: SecretPolicy = .hidden, _ body: (TraceRecord) throws -> Void
    ) throws -> TraceRemarks {
        let name = path == "-" ? "standard input" : path
        func onFile<Value>(_ body: () throws(FileError) -> Value) throws -> Value {
            do throws(FileError) {
                return try body()
            } catch {
                throw Failure(reading: error, name)
            }
        }
        let file = try onFile { () throws(FileError) in
            path == "-" ? InputFile.standardInput() : try InputFile(at: FilePath(file: path))
        }
        var reader = TraceReader(source, file: name, secrets: secrets)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try onFile { () throws(FileError) in try file.read(into: &buffer) }
            guard count > 0 else { break }
            for record in try reader.feed(buffer[..<count]) { try body(record) }
        }
        let last: [TraceRecord]
        do throws(TraceFileError) {
            last = try reader.finish()
        } catch {
            guard error.code == .unknownForm else { throw error }
            last = []
        }
        for record in last { try body(record) }
        let remarks = TraceRemarks(file: name, source: reader.source, report: reader.report)
        if reader.report.isEmpty { throw remarks.nothingFound }
        return remarks
    }

    /// Which file a name leads to; nil where there is none.
    static func identity(of path: String) throws -> FileIdentity? {
        path == "-" ? try .ofStandardInput() : try FileIdentity(of: FilePath(file: path))
    }

    /// Reads a whole trace, and says what was skipped.
    static func records(_ path: String, _ console: Console) throws -> [TraceRecord] {
        var records: [TraceRecord] = []
        let remarks = try read(path, nil) { records.append($0) }
        for document in remarks.documents where console.isJSON { console.output(document, []) }
        if !console.isJSON { remarks.complain() }
        return records
    }

    /// Takes a form from the command line.
    static func source(_ text: String) throws -> TraceSource {
        guard let source = TraceSource(rawValue: text) else {
            let forms = TraceSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is not a form that can be read. Write one of \(forms).")
        }
        return source
    }

    /// Takes an instruction byte from the command line.
    static func instruction(_ text: String) throws -> UInt8 {
        guard let bytes = [UInt8](hexadecimalDigits: text), bytes.count == 1 else {
            throw ValidationError("'\(text)' is not an instruction. Write two hexadecimal digits, such as 84.")
        }
        return bytes[0]
    }
}
