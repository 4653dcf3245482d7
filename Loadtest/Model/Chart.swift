/// One picture over the time of a run, as HTML with an inline SVG.
///
/// The SVG holds lines and areas only and is stretched to whatever room there is; words and numbers are HTML laid over
/// it, so that they keep their size on a phone.
struct Chart {
    struct Series {
        var name: String
        /// The colour's name in the page's style.
        var colour: String
        /// Seconds and values; nil leaves a gap.
        var points: [(x: Double, y: Double?)]
        var isArea = false
    }

    var title: String
    /// What the numbers are, for example "ms".
    var unit: String
    var series: [Series]
    var isLogarithmic = false
    /// The whole run, in seconds.
    var seconds: Double
    /// Injections as numbered lines; phases as bands.
    var marks: [(x: Double, label: String)] = []
    var bands: [(from: Double, to: Double, name: String)] = []

    var html: String {
        let scale = ChartScale(series.flatMap { $0.points.compactMap(\.y) }, isLogarithmic: isLogarithmic)
        let shown = series.filter { $0.points.contains { $0.y != nil } }
        guard !shown.isEmpty else { return "" }
        let legend = shown.map { "<span><i class=\"\($0.colour)\"></i>\(HTML.text($0.name))</span>" }.joined()
        let yLabels = scale.ticks.map {
            "<b style=\"bottom:\(HTML.number(100 * scale.height($0)))%\">\(HTML.short($0))</b>"
        }
        let xLabels = timeTicks.map { "<b style=\"left:\(HTML.number(percent($0)))%\">\(HTML.short($0))</b>" }
        let markLabels = marks.map {
            "<em style=\"left:\(HTML.number(percent($0.x)))%\">\(HTML.text($0.label))</em>"
        }
        // There is no room for a word in a narrow one.
        let names = bands.filter { percent($0.to) - percent($0.from) > 4 }.map { band in
            "<s style=\"left:\(HTML.number(percent(band.from)))%;"
                + "width:\(HTML.number(percent(band.to) - percent(band.from)))%\">\(HTML.text(band.name))</s>"
        }
        return """
            <figure><figcaption><h3>\(HTML.text(title)) <small>\(HTML.text(unit))</small></h3><p>\(legend)</p></figcaption>
            <div class="plot"><div class="y">\(yLabels.joined())</div><div class="marks">\(markLabels.joined())</div><div class="names">\(names.joined())</div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="\(HTML.text(title))">\
            \(ground(scale))\(shown.map { drawing($0, scale) }.joined())</svg>
            <div class="x">\(xLabels.joined())</div></div></figure>

            """
    }

    // MARK: - Drawing

    private func ground(_ scale: ChartScale) -> String {
        let bands = bands.enumerated().filter { $0.offset % 2 == 1 }.map { _, band in
            "<rect class=\"band\" x=\"\(HTML.number(x(band.from)))\" y=\"0\" "
                + "width=\"\(HTML.number(max(0, x(band.to) - x(band.from))))\" height=\"100\"/>"
        }
        let lines = scale.ticks.map { tick in
            let y = HTML.number(100 - 100 * scale.height(tick))
            return "<path class=\"grid\" d=\"M0 \(y)H1000\"/>"
        }
        let marks = marks.map { "<path class=\"mark\" d=\"M\(HTML.number(x($0.x))) 0V100\"/>" }
        return (bands + lines + marks).joined()
    }

    private func drawing(_ series: Series, _ scale: ChartScale) -> String {
        let runs = series.points.split { $0.y == nil }
        return runs.map { run in
            let points = run.map {
                "\(HTML.number(x($0.x))) \(HTML.number(100 - 100 * scale.height($0.y ?? 0)))"
            }
            let line = "M" + points.joined(separator: "L")
            let path = "<path class=\"line \(series.colour)\" d=\"\(line)\"/>"
            guard series.isArea, let first = run.first, let last = run.last else { return path }
            let area = "\(line)L\(HTML.number(x(last.x))) 100L\(HTML.number(x(first.x))) 100Z"
            return "<path class=\"area \(series.colour)\" d=\"\(area)\"/>" + path
        }.joined()
    }

    private func x(_ seconds: Double) -> Double { 10 * percent(seconds) }

    private func percent(_ seconds: Double) -> Double {
        100 * min(1, max(0, seconds / max(self.seconds, 0.001)))
    }

    private var timeTicks: [Double] {
        let step = ChartScale.roundStep(seconds / 8)
        return Array(stride(from: 0, through: seconds, by: max(step, 1)))
    }
}
