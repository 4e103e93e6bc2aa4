#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A cosine and a sine near the line's frequency, over a window of nearly whole cycles, and the fit of a signal to
/// them.
///
/// A signal x is fitted as `d + a·cos + b·sin` by least squares, so that neither a constant nor the fraction of a cycle
/// by which the window is too long disturbs the fundamental.
struct Reference {
    /// Hz.
    private(set) var frequency = 0.0
    /// Whole cycles, within half a sample.
    private(set) var cycles = 0
    /// Number of samples in the window.
    private(set) var count = 0
    private let sampleRate: Double
    private(set) var cosine: [Float]
    private(set) var sine: [Float]
    /// The inverse of the matrix of sums of 1, cos and sin.
    private var inverse = SymmetricMatrix()

    /// - Parameters:
    ///   - sampleRate: samples per second.
    ///   - capacity: max. number of samples in a window.
    init(sampleRate: Double, capacity: Int) {
        self.sampleRate = sampleRate
        cosine = [Float](repeating: 0, count: capacity)
        sine = cosine
    }

    /// Recomputes the reference without allocating.
    ///
    /// - Parameters:
    ///   - frequency: Hz; the window must fit the capacity with it.
    ///   - cycles: of the window.
    mutating func set(frequency: Double, cycles: Int) {
        self.frequency = frequency
        self.cycles = cycles
        count = Int((Double(cycles) * sampleRate / frequency).rounded())
        precondition(count <= cosine.count)
        let step = 2 * Double.pi * frequency / sampleRate
        var c = 1.0
        var s = 0.0
        let (stepSine, stepCosine) = (sin(step), cos(step))
        var sums = SymmetricMatrix()
        sums.oneOne = Double(count)
        for k in 0..<count {
            cosine[k] = Float(c)
            sine[k] = Float(s)
            sums.oneCosine += c
            sums.oneSine += s
            sums.cosineCosine += c * c
            sums.cosineSine += c * s
            sums.sineSine += s * s
            (c, s) = (c * stepCosine - s * stepSine, s * stepCosine + c * stepSine)
        }
        inverse = sums.inverse
    }

    /// The fit of a signal with the given Σx, Σx·cos and Σx·sin.
    func fit(_ sum: Double, _ cosineSum: Double, _ sineSum: Double) -> Fit {
        Fit(
            constant: inverse.oneOne * sum + inverse.oneCosine * cosineSum + inverse.oneSine * sineSum,
            cosine: inverse.oneCosine * sum + inverse.cosineCosine * cosineSum + inverse.cosineSine * sineSum,
            sine: inverse.oneSine * sum + inverse.cosineSine * cosineSum + inverse.sineSine * sineSum)
    }
}

/// `constant + cosine·cos + sine·sin`.
struct Fit {
    var constant: Double
    var cosine: Double
    var sine: Double

    /// The angle by which it lags the reference's cosine, in radians.
    var angle: Double { atan2(sine, cosine) }

    /// The mean square of the fundamental.
    var meanSquare: Double { (cosine * cosine + sine * sine) / 2 }

    /// The same signal advanced by an angle in radians.
    func advanced(by angle: Double) -> Fit {
        let (s, c) = (sin(angle), cos(angle))
        return Fit(constant: constant, cosine: cosine * c + sine * s, sine: sine * c - cosine * s)
    }
}

/// A symmetric 3 × 3 matrix.
private struct SymmetricMatrix {
    var oneOne = 0.0, oneCosine = 0.0, oneSine = 0.0, cosineCosine = 0.0, cosineSine = 0.0, sineSine = 0.0

    var inverse: SymmetricMatrix {
        var adjugate = SymmetricMatrix()
        adjugate.oneOne = cosineCosine * sineSine - cosineSine * cosineSine
        adjugate.oneCosine = oneSine * cosineSine - oneCosine * sineSine
        adjugate.oneSine = oneCosine * cosineSine - oneSine * cosineCosine
        adjugate.cosineCosine = oneOne * sineSine - oneSine * oneSine
        adjugate.cosineSine = oneCosine * oneSine - oneOne * cosineSine
        adjugate.sineSine = oneOne * cosineCosine - oneCosine * oneCosine
        let determinant =
            oneOne * adjugate.oneOne + oneCosine * adjugate.oneCosine + oneSine * adjugate.oneSine
        adjugate.oneOne /= determinant
        adjugate.oneCosine /= determinant
        adjugate.oneSine /= determinant
        adjugate.cosineCosine /= determinant
        adjugate.cosineSine /= determinant
        adjugate.sineSine /= determinant
        return adjugate
    }
}
