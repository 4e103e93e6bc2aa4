import CardIO

/// A reader's own description, for people and for programs.
extension ReaderDescription {
    var lines: [String] {
        var lines = ["Reader: \(reader)"]
        for attribute in attributes { lines.append("  \(attribute.name): \(attribute.value)") }
        if attributes.isEmpty { lines.append("  no attributes") }
        if let features, !features.isEmpty {
            lines.append("Features: " + features.map { $0.feature.name }.joined(separator: ", "))
        } else {
            lines.append("Features: none reported")
        }
        for (name, value) in properties?.described ?? [] { lines.append("  \(name): \(value)") }
        return lines
    }

    var members: [(name: String, value: JSONValue)] {
        [
            ("reader", .text(reader)),
            ("attributes", .list(attributes.map { ["name": .text($0.name), "value": .text($0.value)] })),
            (
                "features",
                .list(
                    (features ?? []).map {
                        [
                            "tag": .number(Int($0.feature.rawValue)), "name": .text($0.feature.name),
                            "controlCode": .number(Int($0.control.rawValue)),
                        ]
                    })
            ),
            (
                "properties",
                .list((properties?.described ?? []).map { ["name": .text($0.name), "value": .text($0.value)] })
            ),
        ]
    }
}
