/// Sums over the samples of one channel, from which all quantities of a window are computed.
///
/// Products are computed four at a time in single precision, whose rounding error of 6 × 10⁻⁸ is far below a
/// converter's step, and summed in double precision after every cycle.
struct SampleSums {
    var count = 0
    /// Σv, Σi.
    var voltage = 0.0
    var current = 0.0
    /// Σv², Σi², Σvi.
    var voltageSquared = 0.0
    var currentSquared = 0.0
    var power = 0.0
    /// Σv·cos, Σv·sin, Σi·cos, Σi·sin of the reference.
    var voltageCosine = 0.0
    var voltageSine = 0.0
    var currentCosine = 0.0
    var currentSine = 0.0
    /// The maximum magnitudes.
    var voltagePeak: Float = 0
    var currentPeak: Float = 0

    static func += (a: inout SampleSums, b: SampleSums) {
        a.count += b.count
        a.voltage += b.voltage
        a.current += b.current
        a.voltageSquared += b.voltageSquared
        a.currentSquared += b.currentSquared
        a.power += b.power
        a.voltageCosine += b.voltageCosine
        a.voltageSine += b.voltageSine
        a.currentCosine += b.currentCosine
        a.currentSine += b.currentSine
        a.voltagePeak = max(a.voltagePeak, b.voltagePeak)
        a.currentPeak = max(a.currentPeak, b.currentPeak)
    }
}

extension SampleSums {
    private typealias Lanes = SIMD4<Float>
    private static let lanes = 4

    /// Sums over samples and the corresponding reference values; all four have the same length.
    init(_ voltage: Span<Int16>, _ current: Span<Int32>, cosine: Span<Float>, sine: Span<Float>) {
        precondition(voltage.count == current.count && voltage.count == cosine.count && voltage.count == sine.count)
        count = voltage.count
        var v = Lanes()
        var i = Lanes()
        var vv = Lanes()
        var ii = Lanes()
        var vi = Lanes()
        var vc = Lanes()
        var vs = Lanes()
        var ic = Lanes()
        var iz = Lanes()
        var vp = Lanes()
        var ip = Lanes()
        let voltages = unsafe voltage.bytes
        let currents = unsafe current.bytes
        let cosines = unsafe cosine.bytes
        let sines = unsafe sine.bytes
        let whole = count - count % SampleSums.lanes
        var k = 0
        while k < whole {
            // The loop's bound keeps every load within its span: all four have `count` elements.
            let x = unsafe Lanes(voltages.unsafeLoadUnaligned(fromUncheckedByteOffset: k * 2, as: SIMD4<Int16>.self))
            let y = unsafe Lanes(currents.unsafeLoadUnaligned(fromUncheckedByteOffset: k * 4, as: SIMD4<Int32>.self))
            let c = unsafe cosines.unsafeLoadUnaligned(fromUncheckedByteOffset: k * 4, as: Lanes.self)
            let s = unsafe sines.unsafeLoadUnaligned(fromUncheckedByteOffset: k * 4, as: Lanes.self)
            v += x
            i += y
            let xx = x * x
            let yy = y * y
            vv += xx
            ii += yy
            vi += x * y
            vc += x * c
            vs += x * s
            ic += y * c
            iz += y * s
            vp.replace(with: xx, where: xx .> vp)
            ip.replace(with: yy, where: yy .> ip)
            k += SampleSums.lanes
        }
        self.voltage = Double(v.sum())
        self.current = Double(i.sum())
        voltageSquared = Double(vv.sum())
        currentSquared = Double(ii.sum())
        power = Double(vi.sum())
        voltageCosine = Double(vc.sum())
        voltageSine = Double(vs.sum())
        currentCosine = Double(ic.sum())
        currentSine = Double(iz.sum())
        voltagePeak = vp.max().squareRoot()
        currentPeak = ip.max().squareRoot()
        while k < count {
            add(voltage[k], current[k], cosine[k], sine[k])
            k += 1
        }
    }

    private mutating func add(_ v: Int16, _ i: Int32, _ cosine: Float, _ sine: Float) {
        let x = Double(v)
        let y = Double(i)
        voltage += x
        current += y
        voltageSquared += x * x
        currentSquared += y * y
        power += x * y
        voltageCosine += x * Double(cosine)
        voltageSine += x * Double(sine)
        currentCosine += y * Double(cosine)
        currentSine += y * Double(sine)
        voltagePeak = max(voltagePeak, Float(abs(x)))
        currentPeak = max(currentPeak, Float(abs(y)))
    }
}
