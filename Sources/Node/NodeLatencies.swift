import Histogram
import SwiftProtobuf
package import Wire

/// How long things took at a node, in microseconds, to three significant digits.
package struct NodeLatencies: Sendable {
    /// A day: what takes longer counts as this.
    private static let microsecondsMax: UInt64 = 86_400_000_000

    private var done = Histogram<UInt64>(highestTrackableValue: microsecondsMax)
    private var answers = Histogram<UInt64>(highestTrackableValue: microsecondsMax)

    package init() {}

    /// From a grant to the answer that ended its claim.
    mutating func recordDone(microseconds: Int64) {
        done.record(Self.clamp(microseconds))
    }

    /// From a command to its answer.
    mutating func recordAnswer(microseconds: Int64) {
        answers.record(Self.clamp(microseconds))
    }

    package var doneCount: UInt64 { done.totalCount }
    package var answerCount: UInt64 { answers.totalCount }

    package var protos: [ProtoHistogram] {
        [proto("grant_to_done", done), proto("command_to_answer", answers)]
    }

    private func proto(_ name: String, _ histogram: Histogram<UInt64>) -> ProtoHistogram {
        .with {
            $0.name = name
            for recorded in histogram.recordedValues() {
                $0.valueUs.append(recorded.value)
                $0.count.append(recorded.count)
            }
        }
    }

    private static func clamp(_ microseconds: Int64) -> UInt64 {
        min(UInt64(max(microseconds, 0)), microsecondsMax)
    }
}
