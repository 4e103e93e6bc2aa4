import CardTrace
import ISO7816

/// A check of an answer, or a value taken from it, other than the comparison of all its bytes.
struct AnswerCheck: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The value of a data object matches; nil for any value.
        case tag([TLVTag], BytesPattern?)
        /// The data object is missing.
        case noTag([TLVTag])
        /// The data have this length in bytes.
        case length(ClosedRange<Int>)
        /// Sets a variable.
        case set(String, Source)
    }

    /// The source of a variable's value.
    enum Source: Sendable, Hashable {
        /// Bytes of the answer's data, `count` of them or all.
        case data(from: Int, count: Int?)
        /// The status word.
        case status
        /// The value of a data object.
        case tag([TLVTag])
    }

    let line: Int
    let kind: Kind
    /// The source text.
    let text: String

    /// Checks an answer.
    ///
    /// - Returns: the difference; nil where all is as expected.
    func difference(in response: ResponseAPDU, _ variables: inout ScriptVariables) -> String? {
        switch kind {
        case .length(let counts):
            let count = response.data.count
            return counts.contains(count) ? nil : "the answer has \(count) bytes"
        case .noTag(let path):
            do throws(TLVError) {
                return try Self.value(path, in: response.data) == nil ? nil : "there is one"
            } catch {
                return "\(error)"
            }
        case .tag(let path, let pattern):
            return Self.withValue(path, in: response.data) { value in
                guard let pattern else { return nil }
                do throws(ScriptScanner.Failure) {
                    if try pattern.resolved(variables).matches(value[...]) { return nil }
                } catch {
                    return "it \(error.code.description(of: error.name ?? "…"))"
                }
                return "it is \(MaskedBytes(value).masking(variables.secrets).hexadecimal(separator: " "))"
            }
        case .set(let name, .status):
            variables[name] = .bytes(response.status.bytes)
        case .set(let name, .data(let from, let count)):
            let end = count.map { from + $0 } ?? response.data.count
            guard from <= end, end <= response.data.count else { return "the answer has \(response.data.count) bytes" }
            variables[name] = .bytes(Array(response.data[from..<end]))
        case .set(let name, .tag(let path)):
            return Self.withValue(path, in: response.data) { value in
                variables[name] = .bytes(value)
                return nil
            }
        }
        return nil
    }

    private static func withValue(
        _ path: [TLVTag], in data: ArraySlice<UInt8>, _ body: ([UInt8]) -> String?
    ) -> String? {
        do throws(TLVError) {
            guard let value = try value(path, in: data) else { return "there is none" }
            return body(value)
        } catch {
            return "\(error)"
        }
    }

    /// The value of the first data object along `path`; nil where there is none.
    static func value(_ path: [TLVTag], in data: ArraySlice<UInt8>) throws(TLVError) -> [UInt8]? {
        var bytes = Array(data)
        for tag in path {
            guard let value = try value(tag, in: bytes) else { return nil }
            bytes = value
        }
        return bytes
    }

    private static func value(_ tag: TLVTag, in bytes: [UInt8]) throws(TLVError) -> [UInt8]? {
        var cursor = TLVCursor(bytes.span)
        guard let element = try cursor.next(tag) else { return nil }
        return element.value.indices.map { element.value[$0] }
    }

    /// Parses `6F/A5/84`; nil where it is not a path.
    static func path(_ text: some StringProtocol) -> [TLVTag]? {
        var path: [TLVTag] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard let digits = [UInt8](hexadecimal: part), (1...4).contains(digits.count),
                let tag = TLVTag(rawValue: digits.reduce(0) { $0 << 8 | UInt32($1) })
            else { return nil }
            path.append(tag)
        }
        return path
    }
}
