import ISO7816

extension MaskedBytes {
    /// Without the bytes of `secrets`, wherever they occur.
    func masking(_ secrets: [[UInt8]]) -> MaskedBytes {
        var masked = self
        masked.mask(secrets, in: 0..<count)
        return masked
    }
}

extension TraceEvent {
    /// Without the bytes of `secrets`, wherever command and answer have them. Header and status word stay.
    public func masking(_ secrets: [[UInt8]]) -> TraceEvent {
        var event = self
        event.command.mask(secrets, in: min(4, event.command.count)..<event.command.count)
        if case .response(var response) = event.outcome {
            response.mask(secrets, in: 0..<max(0, response.count - 2))
            event.outcome = .response(response)
        }
        return event
    }
}

extension MaskedBytes {
    fileprivate mutating func mask(_ secrets: [[UInt8]], in places: Range<Int>) {
        guard places.lowerBound < places.upperBound else { return }
        let original = bytes
        for secret in secrets where !secret.isEmpty && secret.count <= places.count {
            for start in places.lowerBound...(places.upperBound - secret.count)
            where original[start..<(start + secret.count)].elementsEqual(secret) {
                mask(start..<(start + secret.count))
            }
        }
    }
}

extension ScriptCommand {
    /// Whether a byte that is masked was written out, and does not come from a variable.
    func writesOut(_ masked: MaskedBytes, _ variables: ScriptVariables) -> Bool {
        var place = 0
        for element in elements {
            switch element {
            case .byte:
                if masked.hasMasked(in: place..<(place + 1)) { return true }
                place += 1
            case .variable(let reference):
                do throws(ScriptScanner.Failure) {
                    place += try variables.bytes(reference).count
                } catch {
                    return true
                }
            case .any: continue
            }
        }
        return false
    }

    /// As it was written; in digits, `••` among them, where a PIN or key was written out.
    ///
    /// What a variable without a value would give is not known: then such a command is its header alone.
    func shown(_ variables: ScriptVariables) -> String {
        let written = elements.compactMap { if case .byte(let value, _) = $0 { value } else { nil } }
        do throws(ScriptScanner.Failure) {
            let masked = MaskedBytes(masking: try bytes(variables)).masking(variables.secrets)
            return writesOut(masked, variables) ? masked.hexadecimal(separator: " ") : description
        } catch {
            guard MaskedBytes(masking: written).hasMasked else { return description }
            return written.prefix(4).hexadecimal(separator: " ") + " …"
        }
    }
}
