/// How curves and limits are told apart, also where they coincide and without colour.
extension ErrorChart {
    /// The patterns of curves: the first is whole, and seen between the dashes of those above it.
    private static let dashes: [[Double]] = [[], [14, 7], [3, 5], [14, 4, 3, 4], [7, 7], [1, 3]]

    /// The first curve is the widest and palest, the last one the narrowest.
    func stroke(_ index: Int) -> SVG.Stroke {
        let above = Double(min(curves.count - 1 - index, 4))
        return SVG.Stroke(
            colour: curves[index].colour, width: 1.8 + 1.9 * above, dashes: Self.dashes[index % Self.dashes.count],
            opacity: above == 0 ? 1 : above == 1 ? 0.8 : 0.45)
    }

    /// Marks of the first curve are the largest, so that those of the others fit into them.
    func mark(_ index: Int) -> SVG.MarkStyle {
        let above = Double(min(curves.count - 1 - index, 4))
        return SVG.MarkStyle(
            form: curves[index].mark, colour: curves[index].colour, radius: 2.6 + 2.2 * above, isFilled: above == 0)
    }

    var plot: ErrorPlot { ErrorPlot(curves) }

    /// Limits as drawn: curves with the same limits share them.
    var bands: [ErrorBand] {
        var bands: [ErrorBand] = []
        for curve in curves {
            let limits = curve.limits
            guard !limits.isEmpty else { continue }
            if let index = bands.firstIndex(where: { $0.limits == limits }) {
                bands[index].names.append(curve.name)
                bands[index].colour = "#52606d"
            } else {
                bands.append(ErrorBand(names: [curve.name], colour: curve.colour, limits: limits))
            }
        }
        return bands
    }

    /// The values of the limits at the right end of their lines, far enough apart to be read.
    var limitLabels: [(text: String, limit: Double, x: Double, y: Double)] {
        let plot = plot
        var labels: [(text: String, limit: Double, x: Double, y: Double)] = []
        for last in bands.compactMap(\.limits.last) {
            for limit in [last.limit, -last.limit] where !labels.contains(where: { $0.limit == limit }) {
                let text = "limit \(limit > 0 ? "+" : "")\(SVG.number(limit)) %"
                labels.append((text, limit, plot.x(last.to), plot.y(limit)))
            }
        }
        labels.sort { $0.y < $1.y }
        let distance = SVG.Style.key.size + 2
        // From the middle outwards: the two sides stay on their side of zero.
        let middle = Self.plotHeight / 2
        var (lowest, highest) = (middle + distance / 2, middle - distance / 2)
        for index in labels.indices where labels[index].limit < 0 {
            labels[index].y = max(labels[index].y, lowest)
            lowest = labels[index].y + distance
        }
        for index in labels.indices.reversed() where labels[index].limit >= 0 {
            labels[index].y = min(labels[index].y, highest)
            highest = labels[index].y - distance
        }
        return labels
    }

    /// Sentences about curves whose lines are one over the other in the whole picture.
    var coincidences: [String] {
        let plot = plot
        var groups: [[Int]] = []
        for index in curves.indices {
            let near = groups.firstIndex { group in
                group.contains { curves[$0].distance(to: curves[index]).map { plot.y(0) - plot.y($0) < 4 } ?? false }
            }
            if let near { groups[near].append(index) } else { groups.append([index]) }
        }
        return groups.filter { $0.count > 1 }.map { group in
            let distances = group.flatMap { a in group.compactMap { curves[a].distance(to: curves[$0]) } }
            let thousandths = ((distances.max() ?? 0) * 1000).rounded(.up) / 1000
            let within = "coincide within \(SVG.number(max(thousandths, 0.001))) %"
            guard group.count < curves.count else { return "all \(group.count) curves \(within)" }
            return "\(group.count) curves \(within): \(group.map { curves[$0].name }.joined(separator: "; "))"
        }
    }

    /// The legend, below the title: each curve with the range of its errors, the limits, and what coincides.
    var key: ChartKey {
        var entries = curves.indices.map { index in
            ChartKey.Entry(text: "\(curves[index].name): \(curves[index].range)", width: 44) { left, middle in
                [
                    SVG.path([(left, middle), (left + 44, middle)], stroke(index)),
                    SVG.mark(mark(index), at: (left + 22, middle), titled: curves[index].name),
                ]
            }
        }
        entries += bands.enumerated().map { index, band in
            ChartKey.Entry(text: band.text(of: curves.count), width: 32) { left, middle in
                [SVG.path([(left, middle), (left + 32, middle)], band.stroke(index))]
            }
        }
        entries += coincidences.map { .init(text: $0, width: 0) { _, _ in [] } }
        return ChartKey(entries, left: Self.left)
    }
}

/// The limits that some curves share.
struct ErrorBand {
    var names: [String]
    var colour: String
    let limits: [LimitBand]

    /// Narrower than a curve's, and without marks.
    func stroke(_ index: Int) -> SVG.Stroke {
        SVG.Stroke(colour: colour, width: 1.2, dashes: index.isMultiple(of: 2) ? [6, 4] : [2, 3])
    }

    /// Its values by current; whose they are, if not all curves'.
    func text(of curveCount: Int) -> String {
        let values = limits.enumerated().map { index, limit in
            "±\(SVG.number(limit.limit)) % from \(SVG.number(limit.from)) %"
        }
        let owners = names.count == curveCount ? "" : ", \(names.joined(separator: "; "))"
        return "limit\(owners): \(values.joined(separator: ", "))"
    }
}

/// A limit in either direction, in percent, from one current to another.
struct LimitBand: Equatable {
    let from: Double
    var to: Double
    let limit: Double
}

extension ErrorChart.Curve {
    /// Each limit from its first point to the start of the next one, or to the last point.
    var limits: [LimitBand] {
        var limits: [LimitBand] = []
        for point in points {
            guard let limit = point.limit else { continue }
            if let last = limits.last {
                limits[limits.count - 1].to = point.current
                if last.limit != limit {
                    limits.append(LimitBand(from: point.current, to: point.current, limit: limit))
                }
            } else {
                limits.append(LimitBand(from: point.current, to: point.current, limit: limit))
            }
        }
        return limits
    }

    /// The lowest and the highest error, in words.
    var range: String {
        let errors = points.map(\.error)
        guard let lowest = errors.min(), let highest = errors.max() else { return "no points" }
        func signed(_ error: Double) -> String {
            let text = SVG.number(error)
            return text == "0" || error < 0 ? text : "+\(text)"
        }
        let (from, to) = (signed(lowest), signed(highest))
        return from == to ? "\(from) %" : "\(from) to \(to) %"
    }

    /// The largest difference of errors at a current of both; nil without such a current.
    func distance(to other: Self) -> Double? {
        points.flatMap { point in
            other.points.filter { $0.current == point.current }.map { abs($0.error - point.error) }
        }.max()
    }
}
