import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;

/**
 * What a broker's own LogValidator says to batches and message sets from a client, on a topic of
 * their format with compression.type=producer. Each line {"name", "way", "bytes"} of the file that
 * the command line names is printed again, with "appended" instead of the bytes: "in place",
 * "rebuilt", or the exception.
 */
public final class AppendInterop {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    for (String text : Files.readAllLines(Path.of(args[0]))) {
      ObjectNode line = (ObjectNode) JSON.readTree(text);
      byte[] bytes = HexFormat.of().parseHex(line.remove("bytes").asText());
      System.out.println(line.put("appended", append(bytes)));
    }
  }

  private static String append(byte[] bytes) {
    MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
    RecordBatch first = records.batches().iterator().next();
    CompressionType codec = first.compressionType();
    LogValidator validator =
        new LogValidator(
            records, new TopicPartition("topic", 0), Time.SYSTEM, codec,
            Compression.of(codec).build(), false, first.magic(), TimestampType.CREATE_TIME,
            Long.MAX_VALUE, Long.MAX_VALUE, 0, AppendOrigin.CLIENT,
            MetadataVersion.latestTesting());
    try {
      LogValidator.ValidationResult result =
          validator.validateMessagesAndAssignOffsets(
              PrimitiveRef.ofLong(1000), new NoMetrics(), BufferSupplier.NO_CACHING);
      return result.messageSizeMaybeChanged ? "rebuilt" : "in place";
    } catch (RuntimeException refused) {
      return refused.toString();
    }
  }

  private static final class NoMetrics implements LogValidator.MetricsRecorder {
    @Override
    public void recordInvalidMagic() {}

    @Override
    public void recordInvalidOffset() {}

    @Override
    public void recordInvalidSequence() {}

    @Override
    public void recordInvalidChecksums() {}

    @Override
    public void recordNoKeyCompactedTopic() {}
  }
}
