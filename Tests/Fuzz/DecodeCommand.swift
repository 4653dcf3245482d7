import ArgumentParser
import Client
import Foundation
import Fuzzing

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Give every decoder bytes that nobody would send.",
        discussion:
            "A frame that ends the process is named on standard error; --show prints it, --from repeats it.")

    @OptionGroup var options: FuzzOptions
    @Option(help: "The first frame's number.") var from: UInt64 = 0
    @Option(help: "Only this decoder; repeat for more. (default: all)") var target: [String] = []
    @Option(help: "A file of samples to begin from.", completion: .file()) var corpus: String?
    @Flag(help: "Change bytes of frames in place, ten times as many a second; no --target.") var quick = false
    @Flag(help: "Print the frames as lines of a corpus, and read none.") var show = false

    func validate() throws {
        guard !quick || target.isEmpty else {
            throw ValidationError("--quick is for all frames that come over sockets; leave --target out.")
        }
    }

    func run() throws {
        if quick { return try runQuickly() }
        let targets = try target.map { name in
            guard let target = Target(rawValue: name) else {
                let known = Target.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no decoder \(name); there are \(known).")
            }
            return target
        }
        var run = DecodingRun(
            seed: options.seed, targets: targets.isEmpty ? Target.allCases : targets, corpus: try samples())
        if show {
            for frame in from..<from + options.frames {
                let (target, bytes) = run.bytes(of: frame)
                print(Corpus.line(target, bytes))
            }
            return
        }
        Watchdog.start(seed: options.seed)
        let begun = MonotonicTime.milliseconds
        for frame in from..<from + options.frames {
            Watchdog.begin(frame)
            run.run(frame)
        }
        Watchdog.stop()
        var outcomes = ["bytes": run.byteCount]
        for (target, counts) in run.counts {
            outcomes["\(target.rawValue) taken"] = counts.taken
            outcomes["\(target.rawValue) refused"] = counts.refused
        }
        try FuzzReport(
            frames: options.frames, seed: options.seed, milliseconds: MonotonicTime.milliseconds - begun,
            outcomes: outcomes, peakMib: Watchdog.peakMib, findings: run.findings.map(\.description)
        ).end(options)
    }

    private func runQuickly() throws {
        var run = QuickRun(seed: options.seed, corpus: try samples())
        if show {
            for frame in from..<from + options.frames {
                let (target, bytes) = run.bytes(of: frame)
                print(Corpus.line(target, bytes))
            }
            return
        }
        Watchdog.start(seed: options.seed)
        let begun = MonotonicTime.milliseconds
        for frame in from..<from + options.frames {
            Watchdog.begin(frame)
            run.run(frame)
        }
        Watchdog.stop()
        try FuzzReport(
            frames: options.frames, seed: options.seed, milliseconds: MonotonicTime.milliseconds - begun,
            outcomes: ["bytes": run.byteCount, "taken": run.counts.taken, "refused": run.counts.refused],
            peakMib: Watchdog.peakMib, findings: run.findings.map(\.description)
        ).end(options)
    }

    private func samples() throws -> Corpus {
        guard let path = corpus else { return Corpus() }
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        guard let corpus = Corpus(text: text) else {
            throw ValidationError("\(path) is no corpus: a line is a decoder's name and hexadecimal digits.")
        }
        return corpus
    }
}
