import type * as codes from './sdk-message-codes.ts'
import type { Texts } from './texts.ts'

export const sdkMessageTexts: Texts<typeof codes> = {
  SEND_FAILED: ['The message could not be sent.', 'Check network and login, then resend the message.'],
  LIVE_ROOM_NOT_JOINED: ['Only members can send into a live room.', 'Join the live room first.'],
  NOT_A_MESSAGE: [
    'The argument is not a message made by a create function.',
    "Build the message with one of the SDK's create functions.",
  ],
  SEND_CONVERSATION_TYPE_INVALID: [
    'The conversation type must be C2C or GROUP.',
    'Set `conversationType` to one of the two.',
  ],
  NOT_A_FILE: ['Only `File` objects are accepted.', 'Pass a `File` or the file input element.'],
  FILE_EMPTY: ['The file is empty.', 'Choose a file with content.'],
  CALLBACK_THREW: [
    'A function of the app that the SDK called threw an error.',
    "Correct the app's `onProgress` or event handler.",
  ],
  RECALL_FAILED: [
    'The message could not be recalled.',
    'Check that the message is sent, own and inside the recall window.',
  ],
  DELETE_FAILED: [
    'The messages could not be deleted.',
    'Pass sent messages of one conversation, at most `message.deletePerCall` of them.',
  ],
  MARK_ALL_READ_FAILED: ['Marking all conversations as read failed.', 'Try again later.'],
  NO_READ_RECEIPT_REQUESTED: [
    'No message in the list asks for a read receipt.',
    'Pass messages that were sent with `needReadReceipt`.',
  ],
  COMMUNITY_TAKES_NO_MESSAGES: [
    'A community with topics takes no messages itself.',
    'Send to one of its topics.',
  ],
  SYSTEM_NOTICE_NOT_DELETABLE: [
    'Group system notices cannot be deleted.',
    'Leave system notices out of the list.',
  ],
  TRANSLATION_FAILED: [
    'The text could not be translated.',
    'Check the languages and that a translation provider is configured.',
  ],
  VOICE_TO_TEXT_FAILED: [
    'The voice message could not be turned into text.',
    'Check that a speech provider is configured, then try again.',
  ],
  VOICE_TO_TEXT_FORMAT: [
    'The audio format cannot be turned into text.',
    'Record as wav, pcm, ogg-opus, speex, silk, mp3, m4a, aac or amr.',
  ],
  IMAGE_MISSING: ['No image was chosen.', 'Choose an image before creating the message.'],
  IMAGE_TYPE_INVALID: ['The image type is not accepted.', 'Use jpg, jpeg, png, gif, bmp or webp.'],
  IMAGE_TOO_BIG: ['The image is over the size limit of 20 MB.', 'Shrink the image.'],
  AUDIO_UPLOAD_FAILED: [
    'The audio could not be uploaded.',
    'Check the network and the file storage, then resend.',
  ],
  AUDIO_TOO_BIG: ['The audio is over the size limit of 20 MB.', 'Shorten or compress the audio.'],
  VIDEO_UPLOAD_FAILED: [
    'The video could not be uploaded.',
    'Check the network and the file storage, then resend.',
  ],
  VIDEO_TOO_BIG: ['The video is over the size limit of 100 MB.', 'Shorten or compress the video.'],
  VIDEO_TYPE_INVALID: ['The video type is not accepted.', 'Convert the video to mp4.'],
  FILE_UPLOAD_FAILED: [
    'The file could not be uploaded.',
    'Check the network and the file storage, then resend.',
  ],
  FILE_MISSING: ['No file was chosen.', 'Choose a file before creating the message.'],
  FILE_TOO_BIG: ['The file is over the size limit of 100 MB.', 'Send a smaller file, or a link to it.'],
  FILE_URL_MISSING: ['The file has no URL.', 'Upload the file again.'],
  NOT_A_MERGED_MESSAGE: ['The message is not a merged one.', 'Pass a message of the merger type.'],
  MERGED_KEY_INVALID: [
    'The download key of the merged message is wrong.',
    'Pass the message as it was received.',
  ],
  MERGED_DOWNLOAD_FAILED: [
    'The merged message could not be downloaded.',
    'Try again; the content may have been removed from storage.',
  ],
  FORWARD_TYPE_UNSUPPORTED: ['Messages of this type cannot be forwarded.', 'Leave the message out.'],
  FORWARD_ELEMENTS_INVALID: [
    'The message to forward has no element array.',
    'Pass a message as the SDK delivered it.',
  ],
  MODIFY_CONFLICT: [
    'Somebody else changed the message meanwhile.',
    'Show the newest version, which comes with the error, and change that one.',
  ],
  MODIFY_LIVE_ROOM_UNSUPPORTED: ['Messages in live rooms cannot be modified.', 'Send a new message instead.'],
}
