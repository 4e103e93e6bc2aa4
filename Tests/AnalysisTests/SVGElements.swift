import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// The elements of a picture, as an XML parser reads them.
final class SVGElements: NSObject, XMLParserDelegate {
    /// An element, and the text directly in it.
    struct Element {
        let name: String
        let attributes: [String: String]
        var text = ""

        func number(_ attribute: String) -> Double { attributes[attribute].flatMap { Double($0) } ?? .nan }
    }

    /// In the order of their starts.
    private(set) var all: [Element] = []
    private var open: [Int] = []

    init(_ svg: String) throws {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        try #require(parser.parse(), "the picture is not well-formed XML")
        try #require(all.first?.name == "svg")
    }

    func named(_ name: String) -> [Element] { all.filter { $0.name == name } }

    /// What is written in the picture, without tooltips.
    var texts: [String] { named("text").map(\.text) }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(all.count)
        all.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        if let last = open.last { all[last].text += characters }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}

extension SVGElements {
    /// The places of the horizontal texts, by the widest usual font: left, right, base line and size.
    private var places: [(text: String, left: Double, right: Double, base: Double, size: Double)] {
        named("text").filter { $0.attributes["transform"] == nil }.map { element in
            let size = element.number("font-size")
            let isBold = element.attributes["font-weight"] == "bold"
            let width = Self.width(element.text, size, isBold: isBold)
            let x = element.number("x")
            let left =
                switch element.attributes["text-anchor"] {
                case "end": x - width
                case "middle": x - width / 2
                default: x
                }
            return (element.text, left, left + width, element.number("y"), size)
        }
    }

    /// Advances of DejaVu Sans, the widest of the usual fonts, in thousandths of an em.
    private static let advances: [Character: Double] = [
        " ": 318, ".": 318, ",": 318, ":": 337, ";": 337, "/": 337, "-": 361, "(": 390, ")": 390, "'": 275, "i": 278,
        "j": 278, "l": 278, "f": 352, "t": 392, "r": 411, "I": 295, "m": 974, "w": 818, "M": 863, "W": 989, "%": 950,
        "+": 838, "±": 838, "×": 838, "<": 838, "…": 1000,
    ]

    private static func width(_ text: String, _ size: Double, isBold: Bool) -> Double {
        text.reduce(0) { $0 + (advances[$1] ?? ($1.isUppercase ? 720 : 625)) } / 1000 * size * (isBold ? 1.1 : 1)
    }

    /// Expects that texts are in the picture, and that none is over another.
    func expectReadable(width: Double = 760) {
        let places = places
        for (index, place) in places.enumerated() {
            #expect(place.left >= 0 && place.right <= width, "outside: \(place)")
            for other in places[(index + 1)...] {
                let isBeside = place.right <= other.left || other.right <= place.left
                let isApart = abs(place.base - other.base) >= min(place.size, other.size) - 1
                #expect(isBeside || isApart, "\(place) is over \(other)")
            }
        }
    }
}
